package sbom

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// Private

func built(binary string) (*debug.BuildInfo, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("read what the binary was built from: %w", err)
	}
	return info, nil
}

// version is what the binary says of itself.
func version(binary string) (string, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return "", err
	}
	text, err := exec.CommandContext(context.Background(), binary, "version").Output()
	if err != nil {
		return "", fmt.Errorf("ask the binary for its version: %w", err)
	}
	return strings.TrimSpace(strings.TrimPrefix(string(text), "dictumal ")), nil
}

// modules lists Go itself and what was linked in, as the binary has it written down.
func modules(info *debug.BuildInfo) ([]Component, error) {
	release := strings.TrimPrefix(info.GoVersion, "go")
	list := []Component{{
		Type: "library", Ref: "golang/stdlib", Name: "stdlib", Version: release,
		PURL: "pkg:golang/stdlib@" + release, Licenses: named("BSD-3-Clause"),
	}}
	folders, err := folders()
	if err != nil {
		return nil, err
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(module.Sum, "h1:"))
		if err != nil || len(sum) == 0 {
			return nil, fmt.Errorf("%s %s has no checksum; build without a workspace", module.Path, module.Version)
		}
		under, err := licenses(folders[module.Path])
		if err != nil || len(under) == 0 {
			return nil, errors.Join(fmt.Errorf("%s %s is under a licence that is not known here; look at it", module.Path, module.Version), err)
		}
		list = append(list, Component{
			Type: "library", Ref: "golang/" + module.Path, Name: module.Path, Version: module.Version,
			PURL: "pkg:golang/" + module.Path + "@" + module.Version, Licenses: named(under...),
			Hashes: []Hash{{"SHA-256", hex.EncodeToString(sum)}}, // of go.sum: over the names and hashes of its files
		})
	}
	return list, nil
}

// folders says where the text of each module is.
func folders() (map[string]string, error) {
	run := exec.CommandContext(context.Background(), "go", "list", "-deps",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./cmd/dictumal")
	run.Stderr = os.Stderr
	text, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("list the modules: %w", err)
	}
	folders := map[string]string{}
	for line := range bytes.Lines(text) {
		path, folder, _ := strings.Cut(strings.TrimSpace(string(line)), "\t")
		folders[path] = folder
	}
	return folders, nil
}

// licenses tells by their words under which licences a folder is; none: under one
// that has to be looked at.
func licenses(folder string) ([]string, error) {
	var files, found []string
	for _, name := range []string{"LICEN[SC]E*", "COPYING*"} {
		named, err := filepath.Glob(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		files = append(files, named...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read a licence: %w", err)
		}
		words := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
		for _, known := range []struct{ id, says string }{
			{"Apache-2.0", "apache license version 2.0"},
			{"MPL-2.0", "mozilla public license version 2.0"},
			{"MPL-2.0", "mozilla public license, version 2.0"},
			{"BSD-3-Clause", "may be used to endorse or promote products"},
			{"BSD-2-Clause", "redistributions in binary form must reproduce"},
			{"ISC", "permission to use, copy, modify, and/or distribute this software"},
			{"ISC", "permission to use, copy, modify, and distribute this software"},
			{"MIT", "permission is hereby granted, free of charge"},
		} {
			more := known.id == "BSD-2-Clause" && strings.Contains(words, "endorse or promote products") // one of three clauses
			if strings.Contains(words, known.says) && !more && !slices.Contains(found, known.id) {
				found = append(found, known.id)
			}
		}
	}
	return found, nil
}
