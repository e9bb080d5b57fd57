package constitution

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/google/shlex"

	"github.com/dictumal/dictumal"
)

// The most that a constitution may put on a machine.
const (
	MaxPackages  = 200
	MaxAutostart = 50
	MaxFiles     = 100
	maxPath      = 255
)

func readSoftware(fields map[string]clause, sudo bool) dictumal.SoftwarePolicy {
	return dictumal.SoftwarePolicy{
		Packages:  readPackages(fields["packages"]),
		Autostart: readAutostart(fields["autostart"]),
		Files:     readFiles(fields["files"], sudo),
	}
}

func readPackages(c clause) []string {
	items := bounded(c, MaxPackages, "packages")
	// apt reads a trailing hyphen as "remove", so a name must not end in one.
	valid := regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*[a-z0-9+]$`)
	packages := []string{}
	for _, item := range items {
		name, ok := item.text()
		switch {
		case !ok:
		case !valid.MatchString(name):
			item.refuse("%q is not the name of a package; names have small letters, digits and . + - and end in a letter, digit or +.", name)
		case slices.Contains(packages, name):
			item.refuse("%s is listed twice; keep one.", name)
		default:
			packages = append(packages, name)
		}
	}
	return packages
}

func readAutostart(c clause) [][]string {
	commands := [][]string{}
	for _, item := range bounded(c, MaxAutostart, "commands") {
		line, ok := item.text()
		if !ok {
			continue
		}
		if words, ok := readCommand(item, line); ok {
			commands = append(commands, words)
		}
	}
	return commands
}

// readCommand splits a command as a shell would. No shell runs it, so that what
// only a shell does is refused rather than passed on as a strange argument.
func readCommand(c clause, line string) ([]string, bool) {
	words, err := shlex.Split(line)
	switch {
	case strings.ContainsFunc(line, unicode.IsControl):
		c.refuse("a command must be one line.")
	case err != nil:
		c.refuse("a quote or backslash at the end is not closed; close it.")
	case len(words) == 0 || words[0] == "":
		c.refuse("it is empty; write a command or leave it out.")
	case slices.ContainsFunc(words, isOperator):
		c.refuse(`no shell runs it, so that | & ; < > mean nothing; write sh -c "…" around it.`)
	default:
		return words, true
	}
	return nil, false
}

func isOperator(word string) bool {
	return word != "" && strings.Trim(word, "|&;<>") == ""
}

func readFiles(c clause, sudo bool) []dictumal.File {
	files := []dictumal.File{}
	for _, item := range bounded(c, MaxFiles, "files") {
		if item.node.Type() == ast.NullType {
			item.refuse("it is empty; write a path and the content.")
			continue
		}
		fields := item.fields("software.files")
		file := dictumal.File{Path: readPath(item, fields["path"], sudo), Content: readContent(item, fields["content"])}
		if file.Path != "" && slices.ContainsFunc(files, func(f dictumal.File) bool { return f.Path == file.Path }) {
			fields["path"].refuse("%s is written twice; keep one.", file.Path)
			continue
		}
		files = append(files, file)
	}
	return files
}

func readPath(item, c clause, sudo bool) string {
	if !c.given() && item.isMapping() {
		item.refuse("a file needs a path; write one like ~/Desktop/notes.txt.")
	}
	name, ok := c.text()
	if !ok {
		return ""
	}
	inHome, isHome := strings.CutPrefix(name, "~/")
	switch {
	case len(name) > maxPath || strings.ContainsFunc(name, unicode.IsControl):
		c.refuse("it must be at most %d bytes of plain text.", maxPath)
	case !isHome && !sudo:
		c.refuse("%q is outside the home folder; begin it with ~/, or grant privileges.sudo.", name)
	case !isHome && !path.IsAbs(name):
		c.refuse("%q is not a whole path; begin it with ~/ or /.", name)
	case inHome == "" || path.Clean(name) != name || name == "/":
		c.refuse("%q is not the plain path of a file; write it without .., // and a / at the end.", name)
	case reserved(name):
		c.refuse("%q belongs to the machine itself; choose another path.", name)
	default:
		return name
	}
	return ""
}

// reserved tells whether a path is the constitution's own place, or no place for
// files at all.
func reserved(name string) bool {
	for _, root := range []string{"/etc/dictumal", "/usr/lib/dictumal", "/run", "/proc", "/sys", "/dev"} {
		if name == root || strings.HasPrefix(name, root+"/") {
			return true
		}
	}
	return false
}

func readContent(item, c clause) string {
	if !c.given() && item.isMapping() {
		item.refuse("a file needs content; write it after | in the lines below.")
	}
	content, ok := c.text()
	if ok && strings.ContainsRune(content, 0) {
		c.refuse("it holds a NUL byte; remove it.")
	}
	return content
}

// bounded reads a list that may not be longer than most.
func bounded(c clause, most int, things string) []clause {
	items := c.items()
	if len(items) > most {
		c.refuse("it lists %d %s and may list %d.", len(items), things, most)
		return nil
	}
	return items
}
