package digitalocean

import (
	"context"
	"testing"
	"time"
)

func TestAPanicOnTheWayIsAnErrorAndTheNextOneAsksAgain(t *testing.T) {
	asked := 0
	known := remember(time.Hour, func(context.Context) (string, error) {
		if asked++; asked == 1 {
			panic("an answer that nobody thought of")
		}
		return "fine", nil
	})
	if _, err := known.get(t.Context()); err == nil {
		t.Error("a panic is no error")
	}
	if got, err := known.get(t.Context()); err != nil || got != "fine" {
		t.Errorf("%q and error %v, want it to be asked again", got, err)
	}
}
