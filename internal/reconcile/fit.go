package reconcile

import (
	"errors"
	"fmt"
	"time"
)

// unfitWait is how soon a process that stands still looks whether it may go on.
const unfitWait = time.Second

// errNotFit says that this process must begin nothing.
var errNotFit = errors.New("nothing is begun by a clock that is not the other replicas'")

// Private

// standsStill tells whether this process must stand still.
func (o Options) standsStill() bool { return o.Fit() != nil }

// fit is an error where a step must not go on, nor what it came to be written: it would
// be dated by a clock that others do not have. What is not written is as of a process
// that was killed, and whoever comes next begins from what is there.
func (o Options) fit() error {
	if err := o.Fit(); err != nil {
		return fmt.Errorf("%w: %w", errNotFit, err)
	}
	return nil
}
