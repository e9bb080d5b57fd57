package bootstrap

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

// File is a file of the machine, owned by root.
type File struct {
	Path    string // absolute
	Mode    fs.FileMode
	Content []byte
}

// Files lists what every machine holds beside its packages. The last of them is
// the version, so that whoever finds it finds the others as well.
func Files() []File {
	found := append(embedded("base"), File{PackagesPath, 0o644, []byte(strings.Join(Packages(), "\n") + "\n")})
	return append(found, File{VersionPath, 0o644, []byte(digest(found) + "\n")})
}

// Packages lists what is installed on every machine, without recommended packages.
func Packages() []string {
	var names []string
	for line := range strings.Lines(packageList) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			names = append(names, name)
		}
	}
	return names
}

// Version changes whenever a file or the list of packages does.
func Version() string {
	files := Files()
	return strings.TrimSpace(string(files[len(files)-1].Content))
}

// Where a machine says what it holds.
const (
	PackagesPath = "/usr/lib/dictumal/packages"
	VersionPath  = "/usr/lib/dictumal/version"
)

// Units lists the services of the desktop, which a baked image has enabled.
func Units() []string {
	return []string{"dictumal-firewall.service", "vncserver.service", "vnc-xstartup.service"}
}

// Private

// Two trees: what every machine holds, and what the guacamole stream adds.
//
//go:embed all:base all:guacamole
var trees embed.FS

//go:embed packages.txt
var packageList string

//go:embed begin.sh
var begin string

// programs is the folder whose files are run.
const programs = "/usr/lib/dictumal/"

// embedded lists the files of a tree.
func embedded(tree string) []File {
	var files []File
	err := fs.WalkDir(trees, tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := trees.ReadFile(path)
		if err != nil {
			return err
		}
		file := File{Path: strings.TrimPrefix(path, tree), Mode: 0o644, Content: content}
		if strings.HasPrefix(file.Path, programs) {
			file.Mode = 0o755
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("read the embedded files: %v", err)) // they are part of the program
	}
	return files
}

func digest(files []File) string {
	sum := sha256.New()
	for _, file := range files {
		fmt.Fprintf(sum, "%s %o %d\n", file.Path, file.Mode, len(file.Content))
		sum.Write(file.Content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
