package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Private

// account names the account that machines are charged to; empty where the
// provider has none.
func (s *step) account(ctx context.Context) (account string, err error) {
	payer, ok := s.Provider.(dictumal.Payer)
	if !ok {
		return "", nil
	}
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		account, err = payer.Account(ctx)
		return err
	})
	return account, err
}

// sameAccount refuses to believe that a machine is gone where another account is
// asked than the one that pays for it.
func (s *step) sameAccount(ctx context.Context) error {
	if s.row.Account == "" {
		return nil
	}
	account, err := s.account(ctx)
	if err != nil || account == s.row.Account {
		return err
	}
	return &dictumal.Refusal{
		Reason: dictumal.ReasonCredentials,
		Message: fmt.Sprintf("The token belongs to another account of %s than the one that pays for the machine %s, which therefore cannot be seen.",
			s.provider(), s.row.MachineName),
		NextStep:   "Put the former token back and restart; or remove the machine by hand and give this deployment up with `dictumal forget`.",
		RetryAfter: time.Minute,
	}
}
