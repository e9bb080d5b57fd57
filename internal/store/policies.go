package store

import (
	"slices"
	"sync"

	"github.com/dictumal/dictumal"
)

// Private

// policies remembers what the texts of policies say. Many deployments share few, and
// to read one takes longer than all the rest of a row. What it gives out is shared by
// all: lists in it must not be changed.
type policies struct {
	mu    sync.RWMutex
	known map[string]dictumal.Policy
}

// mostPolicies bounds the memory that many documents take.
const mostPolicies = 1000

func (p *policies) decode(text string) (dictumal.Policy, error) {
	p.mu.RLock()
	policy, ok := p.known[text]
	p.mu.RUnlock()
	if ok {
		return policy, nil
	}
	policy, err := decodePolicy(text)
	if err != nil {
		return policy, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= mostPolicies {
		p.known = make(map[string]dictumal.Policy)
	}
	p.known[text] = policy
	return policy, nil
}

func decodePolicy(text string) (dictumal.Policy, error) {
	var policy dictumal.Policy
	err := decode(text, &policy)
	// Who appends to a list gets one of their own.
	policy.Software.Packages = slices.Clip(policy.Software.Packages)
	policy.Software.Autostart = slices.Clip(policy.Software.Autostart)
	policy.Software.Files = slices.Clip(policy.Software.Files)
	policy.Network.Allow = slices.Clip(policy.Network.Allow)
	return policy, err
}
