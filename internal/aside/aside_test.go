package aside_test

import (
	"context"
	"errors"
	"testing"

	"github.com/dictumal/dictumal/internal/aside"
)

func TestTheOutcomeIsTheCallers(t *testing.T) {
	failed := errors.New("it failed")
	for name, test := range map[string]struct {
		work      func(context.Context) error
		want      error
		wantPanic any
	}{
		"success is success":      {work: func(context.Context) error { return nil }},
		"an error is returned":    {work: func(context.Context) error { return failed }, want: failed},
		"a panic is the caller's": {work: func(context.Context) error { panic("broken") }, wantPanic: "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != test.wantPanic {
					t.Errorf("panicked with %v, want %v", got, test.wantPanic)
				}
			}()
			if err := aside.Do(t.Context(), test.work); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}
