// Package licenses holds the licences of everything that is in the binary.
package licenses

import (
	"embed"
	"errors"
	"io/fs"

	"github.com/dictumal/dictumal"
)

// Text is all licences, each under the name of what it covers.
func Text() (string, error) {
	text, err := files.ReadFile("dist/licenses.txt")
	if errors.Is(err, fs.ErrNotExist) {
		return "", dictumal.NewError(dictumal.CodeInternal,
			"This binary was built without the texts of its licences; build it with: make build")
	}
	return string(text), err
}

// Private

//go:embed dist
var files embed.FS
