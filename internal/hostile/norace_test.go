//go:build !race

package hostile_test

// mostGrowth is by how much a machine may make the control plane grow.
const mostGrowth = 64 << 20
