package web

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
)

// Private

// viewerModules lists every script that the viewer needs, so that its page can ask
// for all of them at once: found one by one they are five journeys to the server.
func viewerModules(folders ...fs.FS) []string {
	found := []string{"viewer.js", "novnc/core/rfb.js", "novnc/core/input/keysymdef.js"}
	for i := 0; i < len(found); i++ {
		for _, name := range importsOf(folders, found[i]) {
			if !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

var fromModule = regexp.MustCompile(`(?m)^(?:import|export|\}).*\bfrom\s+['"](\.{1,2}/[^'"]+)['"]`)

// importsOf lists what a script imports by itself; a missing one imports nothing.
func importsOf(folders []fs.FS, name string) []string {
	var names []string
	for _, folder := range folders {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			continue
		}
		for _, match := range fromModule.FindAllSubmatch(text, -1) {
			names = append(names, path.Join(path.Dir(name), string(match[1])))
		}
	}
	return names
}
