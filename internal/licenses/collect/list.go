package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Private

// modules lists Go itself and every module of which a package is linked in.
func modules() ([]work, error) {
	root, err := output("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	works := []work{{name: "Go, its standard library and runtime", files: []string{filepath.Join(root, "LICENSE")}}}
	list, err := output("go", "list", "-deps",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/dictumal")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for line := range strings.Lines(list) {
		name, folder, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || seen[name] {
			continue
		}
		seen[name] = true
		files, err := texts(folder)
		if err != nil {
			return nil, err
		}
		works = append(works, work{name: name, files: files})
	}
	return works, nil
}

// packages lists what the pages are made of, and what comes inside of it.
func packages() ([]work, error) {
	text, err := os.ReadFile("package.json")
	if err != nil {
		return nil, fmt.Errorf("read package.json: %w", err)
	}
	var manifest struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, fmt.Errorf("read package.json: %w", err)
	}
	folders := map[string]string{"pako (in noVNC)": "@novnc/novnc/vendor/pako"}
	for name, version := range manifest.Dependencies {
		folders[name+" "+version] = name
	}
	var works []work
	for name, folder := range folders {
		files, err := texts(filepath.Join("node_modules", filepath.FromSlash(folder)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w (run: make assets)", name, err)
		}
		if strings.HasPrefix(name, "@novnc/") { // its LICENSE.txt only names the one that holds
			files = append(files, filepath.Join("node_modules", "@novnc", "novnc", "docs", "LICENSE.MPL-2.0"))
		}
		works = append(works, work{name: name, files: files})
	}
	return works, nil
}

func output(command string, args ...string) (string, error) {
	run := exec.CommandContext(context.Background(), command, args...)
	run.Stderr = os.Stderr
	out, err := run.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", command, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
