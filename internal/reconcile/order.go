package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
)

// sendTime is how long after an order was written down it may be sent: the grace, for
// which its outcome is waited for, counts from then.
const sendTime = 5 * time.Second

// errStale says that an order was not sent, because it was not sent in time.
var errStale = errors.New("the order is no longer fresh")

// Private

// order asks the provider for a machine, once, under a name that is written down
// before: an answer that is lost can be looked up by it.
func (s *step) order(ctx context.Context) error {
	if !time.Now().Before(s.row.CreatedAt.Add(provisioningTimeout)) {
		s.failProvisioning()
		return nil
	}
	if s.row.Provider != s.Provider.Traits().Name {
		s.failElsewhere() // there, nobody would look for the machine
		return nil
	}
	spec, err := s.intend(ctx)
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		s.refused(refusal)
		return nil
	}
	if err != nil || s.row.Status != dictumal.Provisioning {
		return err
	}
	made, err := s.create(ctx, spec)
	if errors.Is(err, errStale) {
		s.forgetAttempt()
		s.again(0)
		return nil
	}
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		s.refused(refusal)
		return nil
	}
	if made.ID != "" {
		s.learnOrder(made)
	}
	if err != nil {
		s.note(fmt.Sprintf("%s gave no clear answer; looking whether the machine exists before ordering another.", s.provider()))
		s.again(s.pace())
		s.Log.WarnContext(ctx, "The outcome of an order is unknown.", "deployment", s.row.ID, "machine", spec.Name, "error", err)
		return nil
	}
	s.advance(made)
	return nil
}

// create sends the order once, whatever comes of it: what was carried out and not
// heard of would be carried out again.
func (s *step) create(ctx context.Context, spec dictumal.MachineSpec) (made dictumal.Machine, err error) {
	send := func(ctx context.Context) (err error) {
		if left(s.row.CreateSentAt.Add(sendTime)) < 0 && !s.without(leaseLeft) {
			return errStale // the process stood still meanwhile
		}
		made, err = s.Provider.Create(ctx, spec)
		return err
	}
	err = s.ask(ctx, send)
	if err != nil && s.without(createOnce) {
		err = s.ask(ctx, send)
	}
	return made, err
}

// attempt is a name that no order had before: what is found by it was made with
// this attempt's host key.
func (s *step) attempt() string {
	if s.without(ownName) {
		return s.row.ID
	}
	return ulid.Make().String()
}

// intend writes down the attempt that is about to be made.
func (s *step) intend(ctx context.Context) (dictumal.MachineSpec, error) {
	law, err := s.Store.Constitution(ctx, s.row.Constitution.ID, s.row.Constitution.Version)
	if err != nil {
		return dictumal.MachineSpec{}, fmt.Errorf("read the constitution: %w", err)
	}
	host, err := machine.NewKeyPair()
	if err != nil {
		return dictumal.MachineSpec{}, err
	}
	if err := s.surveyed(ctx); err != nil {
		return dictumal.MachineSpec{}, err
	}
	account, err := s.account(ctx)
	if err != nil {
		return dictumal.MachineSpec{}, err
	}
	s.forgetAttempt()
	s.row.Account = account
	s.row.MachineName = dictumal.MachineName(s.Installation, s.attempt())
	s.memo = s.memo.about(s.row.MachineName)
	s.row.HostPublic = host.AuthorizedLine
	if s.row.HostKey, err = s.Sealer.Seal(host.PrivatePEM, s.row.HostKeyContext()); err != nil {
		return dictumal.MachineSpec{}, err
	}
	userData, err := s.UserData(s.row, law.Document, host)
	if err != nil {
		return dictumal.MachineSpec{}, s.unfit(err)
	}
	// The whole lease is left from here on, so that the call is over before
	// anyone else may act on what is written now.
	if err := s.hold.renew(ctx); err != nil {
		return dictumal.MachineSpec{}, err
	}
	if err := s.fit(); err != nil {
		return dictumal.MachineSpec{}, err
	}
	s.row.CreateSentAt = time.Now()
	if s.row.OrderedAt.IsZero() {
		s.row.OrderedAt = s.row.CreateSentAt
	}
	if s.row.Warning == nil { // which tells already that it is asked again and again
		s.note(fmt.Sprintf("Asked %s for the machine %s.", s.provider(), s.row.MachineName))
	}
	spec := dictumal.MachineSpec{
		Name: s.row.MachineName, Deployment: s.row.ID,
		Region: s.row.Region, Size: s.row.Size, Stream: s.row.Stream, UserData: userData,
	}
	if s.without(intentRow) {
		return spec, nil
	}
	return spec, s.save(ctx)
}

// refused goes on after a clear no: nothing was made.
func (s *step) refused(refusal *dictumal.Refusal) {
	if s.row.OrderedAt.Equal(s.row.CreateSentAt) {
		s.row.OrderedAt = time.Time{} // nothing was made that could cost
	}
	s.row.CreateSentAt, s.row.HostKey = time.Time{}, ""
	again := time.Now().Add(refusal.RetryAfter)
	if refusal.RetryAfter <= 0 || again.After(s.row.CreatedAt.Add(provisioningTimeout)) {
		s.fail(refusal.Failure())
		return
	}
	s.warn(refusal)
	s.wake = again
}

// unfit gives up where no machine can be made from the document.
func (s *step) unfit(err error) error {
	refused, ok := errors.AsType[*dictumal.Error](err)
	if !ok {
		return fmt.Errorf("write the user-data: %w", err)
	}
	s.forgetAttempt()
	s.fail(&dictumal.Failure{
		Reason: dictumal.ReasonBootstrapFailed, Cause: refused.Message,
		NextStep: "Correct the constitution, and deploy again.",
	})
	return nil
}

// learnOrder takes over what the provider knows of the machine that it took the
// order for. Whether it can be seen yet is another question.
func (s *step) learnOrder(m dictumal.Machine) {
	s.row.MachineID, s.row.IP = m.ID, m.IP
	s.row.HostKey = "" // the machine has it now
}

func (s *step) forgetAttempt() {
	s.row.MachineName, s.row.MachineID, s.row.IP = "", "", ""
	s.row.CreateSentAt, s.row.StartSentAt = time.Time{}, time.Time{}
	s.row.Absences, s.row.AbsentSince = 0, time.Time{}
	s.row.HostKey, s.row.HostPublic = "", ""
}
