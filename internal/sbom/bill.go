// Package sbom writes the bill of materials of the binary: what it is made of, in
// which version, under which licence and with which checksum, as CycloneDX has it.
package sbom

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// Bill is a bill of materials. It holds no time and no number of its own, so that
// the same binary has the same bill.
type Bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   Metadata    `json:"metadata"`
	Components []Component `json:"components"`
}

// Metadata says what the bill is of.
type Metadata struct {
	Component Component `json:"component"`
}

// Component is something that the binary is made of, or brings to machines.
type Component struct {
	Type     string    `json:"type"`
	Ref      string    `json:"bom-ref"`
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	PURL     string    `json:"purl,omitempty"`
	Hashes   []Hash    `json:"hashes,omitempty"`
	Licenses []License `json:"licenses,omitempty"`
}

// Hash is a checksum, in hexadecimal digits.
type Hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// License is one by its SPDX name.
type License struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

// Of makes the bill of a binary, in the root of the repository that it was built from.
func Of(binary string) (Bill, error) {
	text, err := os.ReadFile(binary)
	if err != nil {
		return Bill{}, fmt.Errorf("read the binary: %w", err)
	}
	info, err := built(binary)
	if err != nil {
		return Bill{}, err
	}
	says, err := version(binary)
	if err != nil {
		return Bill{}, err
	}
	sum := sha256.Sum256(text)
	bill := Bill{Format: "CycloneDX", Spec: "1.5", Version: 1, Metadata: Metadata{Component{
		Type: "application", Ref: "dictumal", Name: "dictumal", Version: says,
		Hashes: []Hash{{"SHA-256", hex.EncodeToString(sum[:])}}, Licenses: named("Apache-2.0"),
	}}}
	for _, list := range []func() ([]Component, error){
		func() ([]Component, error) { return modules(info) }, packages, images,
	} {
		found, err := list()
		if err != nil {
			return Bill{}, err
		}
		bill.Components = append(bill.Components, found...)
	}
	slices.SortFunc(bill.Components, func(a, b Component) int { return cmp.Compare(a.Ref, b.Ref) })
	return bill, nil
}

// Write writes a bill as JSON.
func (b Bill) Write(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(b)
}

// Private

func named(ids ...string) []License {
	licenses := make([]License, len(ids))
	for i, id := range ids {
		licenses[i].License.ID = id
	}
	return licenses
}
