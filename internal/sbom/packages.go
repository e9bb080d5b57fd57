package sbom

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/dictumal/dictumal/internal/bootstrap"
)

// Private

// lock is package-lock.json, as far as it is read here.
type lock struct {
	Packages map[string]struct {
		Version   string `json:"version"`
		Integrity string `json:"integrity"`
		License   string `json:"license"`
		Dev       bool   `json:"dev"`
	} `json:"packages"`
}

// packages lists what the pages are made of, as npm has checked it, and what comes
// inside of it.
func packages() ([]Component, error) {
	text, err := os.ReadFile("package-lock.json")
	if err != nil {
		return nil, fmt.Errorf("read the lock of the pages' packages: %w", err)
	}
	var locked lock
	if err := json.Unmarshal(text, &locked); err != nil {
		return nil, fmt.Errorf("read the lock of the pages' packages: %w", err)
	}
	var list []Component
	for folder, p := range locked.Packages {
		name := strings.TrimPrefix(folder, "node_modules/")
		if name == "" || p.Dev {
			continue
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.Integrity, "sha512-"))
		if err != nil || len(sum) != 64 {
			return nil, fmt.Errorf("%s is locked without a SHA-512", name)
		}
		list = append(list, Component{
			Type: "library", Ref: "npm/" + name, Name: name, Version: p.Version,
			PURL:   "pkg:npm/" + strings.Replace(name, "@", "%40", 1) + "@" + p.Version,
			Hashes: []Hash{{"SHA-512", hex.EncodeToString(sum)}}, Licenses: named(p.License),
		})
	}
	pako, err := vendored("node_modules/@novnc/novnc/vendor/pako")
	return append(list, pako), err
}

// vendored is pako, which noVNC brings along in files of its own.
func vendored(folder string) (Component, error) {
	if _, err := os.Stat(folder); err != nil {
		return Component{}, fmt.Errorf("look for what noVNC brings along: %w (run: make assets)", err)
	}
	return Component{Type: "library", Ref: "npm/@novnc/novnc/vendor/pako", Name: "pako (in noVNC)", Version: "1.0.3", Licenses: named("MIT")}, nil
}

// images lists the container images that machines of the guacamole stream fetch, by
// the digest that they are fetched by.
func images() ([]Component, error) {
	var list []Component
	for _, image := range []string{bootstrap.OfficialGuacamole, bootstrap.OfficialGuacd} {
		name, digest, ok := strings.Cut(image, "@sha256:")
		if !ok {
			return nil, fmt.Errorf("the image %s is not named by its digest", image)
		}
		name, tag, _ := strings.Cut(name, ":")
		list = append(list, Component{
			Type: "container", Ref: "oci/" + name, Name: name, Version: tag,
			PURL:   "pkg:docker/" + strings.TrimPrefix(name, "docker.io/") + "@" + tag,
			Hashes: []Hash{{"SHA-256", digest}}, Licenses: named("Apache-2.0"),
		})
	}
	return list, nil
}
