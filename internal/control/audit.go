package control

import (
	"context"
	"iter"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Deeds says which lines of the audit log are wanted.
type Deeds = store.Deeds

// MostLines is how many lines of the audit log are read at once.
const MostLines = 500

// Audited returns up to limit lines of the audit log before a number, the newest
// first; 0: from the end.
func (c *Control) Audited(ctx context.Context, p dictumal.Principal, wanted Deeds, before int64, limit int) ([]dictumal.Line, error) {
	if err := p.Administers(); err != nil {
		return nil, err
	}
	lines, err := c.Store.NewestDeeds(ctx, wanted, before, min(limit, MostLines))
	return lines, wrap("read the audit log", err)
}

// ExportAudit returns the lines of the audit log, the oldest first, this one included.
// However many there are, a few are read at a time.
func (c *Control) ExportAudit(ctx context.Context, p dictumal.Principal, wanted Deeds) (lines iter.Seq2[dictumal.Line, error], err error) {
	err = p.Administers()
	c.tell(ctx, p, "audit.export", "", err)
	if err != nil {
		return nil, err
	}
	return func(yield func(dictumal.Line, error) bool) { c.export(ctx, wanted, yield) }, nil
}

// Private

func (c *Control) export(ctx context.Context, wanted Deeds, yield func(dictumal.Line, error) bool) {
	for after := int64(0); ; {
		lines, err := c.Store.DeedsAfter(ctx, wanted, after, MostLines)
		if err != nil {
			yield(dictumal.Line{}, wrap("read the audit log", err))
			return
		}
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
			after = line.Number
		}
		if len(lines) < MostLines {
			return
		}
	}
}
