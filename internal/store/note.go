package store

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

// Note adds a sentence to the story of a deployment.
func (s *Store) Note(ctx context.Context, deployment, text string) error {
	note := Entry{Event: dictumal.Event{Deployment: deployment, Kind: dictumal.EventNote, Text: text}}
	err := s.together(ctx, func(context.Context, *transaction) ([]Entry, error) { return []Entry{note}, nil })
	if err != nil {
		return fmt.Errorf("note: %w", err)
	}
	return nil
}
