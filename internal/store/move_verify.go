package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal"
)

// Private

// tally is the number of rows, and a sum of their hashes: it is the same whatever the
// order in which a database gives them.
type tally struct {
	count int64
	sum   [4]uint64
}

func (t *tally) add(values []any) {
	var text []byte
	for _, value := range values {
		text = appendValue(text, value)
	}
	hash := sha256.Sum256(text)
	for i := range t.sum {
		t.sum[i] += binary.BigEndian.Uint64(hash[8*i:])
	}
	t.count++
}

// appendValue writes a value so that no two rows are the same text.
func appendValue(text []byte, value any) []byte {
	switch value := value.(type) {
	case string:
		text = binary.AppendUvarint(append(text, 's'), uint64(len(value)))
		return append(text, value...)
	case int64:
		return binary.AppendVarint(append(text, 'i'), value)
	case float64:
		return binary.BigEndian.AppendUint64(append(text, 'f'), math.Float64bits(value))
	case bool:
		if value {
			return append(text, 't')
		}
		return append(text, 'u')
	}
	return append(text, 'n')
}

// verify reads the audit log that has arrived: each line follows from the one before
// it, and the last is the one that its head names.
func (m *mover) verify(ctx context.Context) error {
	rows, err := m.target.Query(ctx, `SELECT `+lineColumns+` FROM audit ORDER BY number`)
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	var last dictumal.Line
	for rows.Next() {
		line, err := scanLine(rows)
		if err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		if line.Number != last.Number+1 || line.Chain != line.Deed.Chain(last.Chain) {
			return fmt.Errorf("%w: line %d", ErrBrokenLog, line.Number)
		}
		last = line
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	return m.verifyHead(ctx, last)
}

func (m *mover) verifyHead(ctx context.Context, last dictumal.Line) error {
	var number int64
	var chain string
	err := m.target.QueryRow(ctx, `SELECT number, chain FROM audit_head`).Scan(&number, &chain)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("read the head of the audit log: %w", err)
	}
	if err != nil || number != last.Number || chain != last.Chain {
		return fmt.Errorf("%w: its last line is not line %d", ErrBrokenLog, last.Number)
	}
	m.done.Lines = number
	return nil
}
