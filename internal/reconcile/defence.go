package reconcile

// defence is one of the things that keep machines from being lost, made twice or
// left running. A build with the tag mutants can do without any one of them, so
// that tests show what each is for; no other build can.
type defence string

const (
	intentRow   defence = "the intent row"
	adoption    defence = "adopt"
	graceTime   defence = "grace"
	absenceRead defence = "absence check"
	listFirst   defence = "list before rows"
	createOnce  defence = "create never retried"
	patience404 defence = "patience with 404"
	leaseLeft   defence = "lease"
	oneSweep    defence = "one sweep at a time"
	ownName     defence = "unique attempt name"
)
