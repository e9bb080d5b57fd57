package machine

// FaultError is what a machine did that the connection to it was ended for, in a sentence.
type FaultError struct{ Sentence string }

// Error is the sentence.
func (f *FaultError) Error() string { return f.Sentence }

// The two faults that an honest machine comes to, as well: where the way to it hangs,
// it neither answers nor lets go.
var (
	ErrSilent   = &FaultError{"The machine no longer answers."}
	ErrClinging = &FaultError{"The machine does not let go of what was closed."}
)

// Private

// The others, of which an honest machine comes near none.
var (
	errFlood   = &FaultError{"The machine sends without end what nobody has asked for."}
	errCrumbs  = &FaultError{"The machine sends its stream in crumbs, which cost more than they carry."}
	errWanting = &FaultError{"The machine wants to open channels, to ask questions or to change keys again and again."}
	errStderr  = &FaultError{"The machine sends errors where a socket has no place for them."}
)

// tame makes the text of an error, which may quote a machine, fit to be read.
// It stays the same error.
func tame(err error) error {
	if err == nil {
		return nil
	}
	return &tamed{err}
}

type tamed struct{ err error }

func (t *tamed) Error() string { return plain(t.err.Error(), maxCause) }

func (t *tamed) Unwrap() error { return t.err }
