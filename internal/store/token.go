package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Token lets a program in. Of the token itself only the hash is kept.
type Token struct {
	ID        string
	Hash      string
	User      dictumal.User // of a new one, the id is enough
	Name      string
	Scopes    []dictumal.Scope
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero: never
	From      string    // address of its last use
}

const tokenColumns = `t.id, t.hash, t.name, t.scopes, t.created_at, t.expires_at, t.used_at, t.address, ` + accountColumns + `
	FROM api_token t JOIN account a ON a.id = t.account_id`

// AddToken writes a new token.
func (s *Store) AddToken(ctx context.Context, token Token) error {
	const query = `INSERT INTO api_token (id, hash, account_id, name, scopes, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`
	err := s.inTurn(ctx, func(db writer) error {
		_, err := db.ExecContext(ctx, query, token.ID, token.Hash, token.User.ID, token.Name, joinScopes(token.Scopes),
			micros(token.CreatedAt), micros(token.ExpiresAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("add token: %w", err)
	}
	return nil
}

// TokenByHash returns a token with its user.
func (s *Store) TokenByHash(ctx context.Context, hash string) (Token, error) {
	token, err := scanToken(s.read.QueryRowContext(ctx, `SELECT `+tokenColumns+` WHERE t.hash = $1`, hash))
	return token, translate(err)
}

// Tokens returns the tokens of an account, or of all where none is given, newest first.
func (s *Store) Tokens(ctx context.Context, account string) ([]Token, error) {
	const which = ` WHERE ($1 = '' OR t.account_id = $1) ORDER BY t.created_at DESC, t.id DESC`
	rows, err := s.read.QueryContext(ctx, `SELECT `+tokenColumns+which, account)
	return collect(rows, err, scanToken)
}

// TouchToken notes that a token was used, and from where, where that is known.
func (s *Store) TouchToken(ctx context.Context, id string, now time.Time, from string) error {
	const query = `UPDATE api_token SET used_at = $2, address = CASE WHEN $3 = '' THEN address ELSE $3 END WHERE id = $1`
	_, err := s.write.ExecContext(ctx, query, id, micros(now), from)
	return err
}

// RemoveToken ends a token of an account, or of any where none is given, with the
// launch codes that were made with it and the sessions that those have opened. It
// returns the ids of the sessions; ErrNotFound where there is no such token.
func (s *Store) RemoveToken(ctx context.Context, account, id string) (ended []string, err error) {
	err = s.end(ctx, func(tx *transaction) error {
		ok, err := changed(tx.ExecContext(ctx, `DELETE FROM api_token WHERE ($1 = '' OR account_id = $1) AND id = $2`, account, id))
		if err != nil {
			return err
		}
		if !ok {
			return ErrNotFound
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM code WHERE token_id = $1`, id); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `DELETE FROM session WHERE token_id = $1 RETURNING id`, id)
		ended, err = collect(rows, err, scanID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("remove token: %w", err)
	}
	return ended, nil
}

// Private

func scanToken(row scanner) (Token, error) {
	var t Token
	var scopes string
	var created, expires, used int64
	err := scanWithUser(row, &t.User, &t.ID, &t.Hash, &t.Name, &scopes, &created, &expires, &used, &t.From)
	for name := range strings.FieldsSeq(scopes) {
		t.Scopes = append(t.Scopes, dictumal.Scope(name))
	}
	t.CreatedAt, t.ExpiresAt, t.UsedAt = moment(created), moment(expires), moment(used)
	return t, err
}

func joinScopes(scopes []dictumal.Scope) string {
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	return strings.Join(names, " ")
}
