package store

// defence is one of the things that keep machines from being made in excess. A
// build with the tag mutants can do without it, so that tests show what it is for;
// no other build can.
type defence string

const capOnMachines defence = "cap"
