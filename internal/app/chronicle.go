package app

import (
	"context"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/reconcile"
)

// chronicle writes into the audit log what nobody has asked for: that a clause has
// ended a desktop, that one has failed, and that machines are gone.
type chronicle struct {
	reconcile.Observer
	write func(ctx context.Context, d dictumal.Deed)
}

// Moved writes down that a desktop has failed or was ended.
func (c chronicle) Moved(from dictumal.Status, now dictumal.Deployment) {
	c.Observer.Moved(from, now)
	switch now.Status {
	case dictumal.Destroying:
		clause := ""
		if ending, ok := now.Ending(); ok {
			clause = "The constitution ends it (" + string(ending.Clause) + ")."
		}
		c.tell("deployment.destroy", now.ID, dictumal.ResultDone, clause)
	case dictumal.Errored:
		reason := ""
		if now.Failure != nil {
			reason = string(now.Failure.Reason) // the cause may hold what the machine has said
		}
		c.tell("deployment.fail", now.ID, dictumal.ResultFailed, reason)
	case dictumal.Provisioning, dictumal.Configuring, dictumal.Active, dictumal.Destroyed: // its own story says so
	}
}

// Removed writes down that a machine is gone.
func (c chronicle) Removed(deployment, machine string) {
	c.Observer.Removed(deployment, machine)
	if deployment == "" {
		c.tell("machine.sweep", machine, dictumal.ResultDone, "No desktop owned it.")
		return
	}
	c.tell("machine.remove", deployment, dictumal.ResultDone, "Its machine "+machine+" is gone.")
}

// Private

func (c chronicle) tell(action, object string, result dictumal.Result, detail string) {
	c.write(context.Background(), dictumal.Deed{Via: dictumal.ViaProgram, Action: action, Object: object, Result: result, Detail: detail})
}
