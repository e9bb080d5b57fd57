package rekey

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/secret"
)

// Private

func (r *Rekeyer) rotate(ctx context.Context) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	if r.Shared {
		return dictumal.NewError(dictumal.CodeConflict, "AUTH_SECRET is the replicas' together, so it is yours to change, in two rounds: "+roundsOfChange)
	}
	if r.Present != nil {
		return dictumal.NewError(dictumal.CodeConflict, "AUTH_SECRET is set, so the secret is yours to change: set AUTH_SECRET to a new one "+
			"and AUTH_SECRET_PREVIOUS to the present one, and start the server anew; everything is then sealed with the new one.")
	}
	present := r.Sealer.KeyID()
	if err := r.take(); err != nil {
		return err
	}
	if r.Sealer.KeyID() == present && len(r.Sealer.Former()) > 0 { // so that no more than one former secret is needed at any time
		return dictumal.NewError(dictumal.CodeConflict, "The former rotation is not over, which takes a minute at least; "+
			"see with `dictumal keys status` how it goes, and rotate again when no former key is left. "+
			"Where it does not end, the log says which value is damaged.")
	}
	r.Passed("begun")
	failed := secret.Rotate(r.File, r.Passed)
	r.Passed("secret-written")
	if err := r.take(); err != nil || r.Sealer.KeyID() == present {
		return dictumal.NewError(dictumal.CodeUnavailable, "The new secret cannot be written beside "+r.File+
			"; check that the disk has room and that this user may write there, and rotate again. The present one stays in use.").Wrap(errors.Join(failed, err))
	}
	if failed != nil {
		r.Log.WarnContext(ctx, "A rotation that failed in its last step goes on.", "error", failed)
	}
	return nil
}

// take takes the secrets into use that the files hold, and has everything sealed anew
// where there is a former one. It is what the files hold that counts, not how the
// rotation ended that wrote them: the next start reads nothing else. Until it is sure
// that they last, the key goes on that was in use; in either case they open what it seals.
func (r *Rekeyer) take() error {
	var all [][]byte
	err := secret.Last(r.File)
	if err == nil {
		all, err = Secrets(r.File, nil, r.Given)
	}
	if err != nil {
		return dictumal.NewError(dictumal.CodeUnavailable, "The secret in "+r.File+" cannot be read; check that this user may read the file and its folder, "+
			"that nobody else may, and rotate again.").Wrap(err)
	}
	held := secret.NewSealer(all[0], all[1:]...)
	if present := r.Sealer.KeyID(); present != held.KeyID() && !slices.Contains(held.Former(), present) {
		return dictumal.NewError(dictumal.CodeConflict, "The secret in "+r.File+" was replaced and is not the one in use; "+
			"put that one back, or start the server anew, and rotate then.")
	}
	if len(held.Former()) == 0 {
		return nil
	}
	if r.Sealer.KeyID() != held.KeyID() {
		r.since = time.Now()
	}
	r.Sealer.Use(all[0], all[1:]...)
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return nil
}
