//go:build !race

package hostile_test

// mostGrowth is by how much a machine may make the control plane grow.
const mostGrowth = 64 << 20

// orSlow is how else a viewer's stream may end where the machine takes its time.
const orSlow = ""
