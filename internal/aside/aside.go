// Package aside keeps the stacks of those who wait small. SQLite grows a stack to a
// multiple of what a handler takes, and Go makes one smaller only where three quarters
// of it are free: of thousands of viewers who wait for hours, each would keep it.
package aside

import "context"

// Do does work on a stack of its own, and returns when it is done. A panic goes to
// the caller, as if it had done the work itself.
func Do(ctx context.Context, work func(context.Context) error) error {
	type outcome struct {
		err   error
		panic any
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panic = recover()
			done <- o
		}()
		o.err = work(ctx)
	}()
	o := <-done
	if o.panic != nil {
		panic(o.panic)
	}
	return o.err
}
