package reconcile

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Observer is told of what the work comes to, for whoever counts. Workers wait for
// it, many at the same time.
type Observer interface {
	// Claimed tells by how much the row was overdue that was due longest.
	Claimed(late time.Duration)
	// Stepped tells what a step with a row of a status came to.
	Stepped(status dictumal.Status, took time.Duration, err error)
	// Asked tells what a call of the provider came to.
	Asked(err error)
	// Moved tells that a deployment has left a status.
	Moved(from dictumal.Status, now dictumal.Deployment)
	// Removed tells that the machine of a deployment is gone for certain, or that the
	// sweeper has removed one of none.
	Removed(deployment, machine string)
	// Swept tells what a sweep has found and done, as far as it came.
	Swept(sweep Sweep, err error)
}

// Sweep is what one comparison of the machines with the rows has come to.
type Sweep struct {
	Listed   int // machines of this installation
	Unowned  int // those among them that no row owns
	Removed  int // those among these that were removed now
	Reported int // and those that were left alone and are told of for the first time
}

// Private

// nobody observes nothing.
type nobody struct{}

func (nobody) Claimed(time.Duration)                         {}
func (nobody) Stepped(dictumal.Status, time.Duration, error) {}
func (nobody) Asked(error)                                   {}
func (nobody) Moved(dictumal.Status, dictumal.Deployment)    {}
func (nobody) Removed(string, string)                        {}
func (nobody) Swept(Sweep, error)                            {}
