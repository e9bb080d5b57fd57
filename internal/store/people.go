package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Person is a user, and what they have.
type Person struct {
	User     dictumal.User
	Sessions int // that hold
	Tokens   int // that are not over
	Desktops int // that are not destroyed
	SeenAt   time.Time
}

// Crowd says which people are wanted.
type Crowd struct {
	Who   string // the id of one, or a part of an e-mail; empty: all
	After string // an id: only those who came before
	Limit int
	Now   time.Time
	Idle  time.Duration // for how long a session may be left alone
}

// People returns users and what they have, the newest first.
func (s *Store) People(ctx context.Context, c Crowd) ([]Person, error) {
	const query = `SELECT
		(SELECT COUNT(*) FROM session s WHERE s.account_id = a.id AND s.expires_at > $4 AND s.seen_at > $5),
		(SELECT COUNT(*) FROM api_token t WHERE t.account_id = a.id AND t.expires_at > $4),
		(SELECT COUNT(*) FROM deployment d WHERE d.owner_id = a.id AND d.status <> 'DESTROYED'),
		COALESCE((SELECT MAX(s.seen_at) FROM session s WHERE s.account_id = a.id), 0),
		COALESCE((SELECT MAX(t.used_at) FROM api_token t WHERE t.account_id = a.id), 0),
		COALESCE((SELECT MAX(i.at) FROM sign_in i WHERE i.account_id = a.id), 0), ` + accountColumns + `
		FROM account a WHERE ($1 = '' OR a.id = $1 OR LOWER(a.email) LIKE $2 ESCAPE '\') AND ($3 = '' OR a.id < $3)
		ORDER BY a.id DESC LIMIT $6 + 0`
	rows, err := s.read.QueryContext(ctx, query, c.Who, part(c.Who), c.After, micros(c.Now), micros(c.Now.Add(-c.Idle)), c.Limit)
	people, err := collect(rows, err, scanPerson)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return people, nil
}

// Block keeps a user out from a time on, or not any more where it is zero, by all
// accounts with the same e-mail, and ends their sessions either way: what was begun
// while they were kept out must not come to life. It returns by which sessions and
// tokens something may be open; ErrNotFound where there is no such user.
func (s *Store) Block(ctx context.Context, account string, at time.Time) (by []string, err error) {
	const block = `UPDATE account SET blocked_at = $2 WHERE id = $1 OR email = (SELECT email FROM account WHERE id = $1) RETURNING id`
	err = s.end(ctx, func(tx *transaction) error {
		rows, err := tx.QueryContext(ctx, block, account, micros(at))
		same, err := collect(rows, err, scanID)
		if err == nil && len(same) == 0 {
			err = ErrNotFound
		}
		for _, id := range same {
			var open []string
			if open, err = ways(ctx, tx, id); err != nil {
				return err
			}
			by = append(by, open...)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	return by, nil
}

// Private

// ways ends the sessions of an account, and returns those and its tokens.
func ways(ctx context.Context, tx *transaction, account string) ([]string, error) {
	sessions, err := removeSessions(ctx, tx, account, "")
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT id FROM api_token WHERE account_id = $1`, account)
	tokens, err := collect(rows, err, scanID)
	return slices.Concat(sessions, tokens), err
}

// part is a pattern of what a text is a part of, whatever its case.
func part(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}

func scanPerson(row scanner) (p Person, err error) {
	var session, token, signIn int64
	err = scanWithUser(row, &p.User, &p.Sessions, &p.Tokens, &p.Desktops, &session, &token, &signIn)
	p.SeenAt = moment(max(session, token, signIn))
	return p, err
}
