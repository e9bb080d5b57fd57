package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"sync"
)

//go:embed static dist
var embedded embed.FS

// assets serves the style sheets and scripts of this package and what the asset
// build has put into dist, all under one path that changes with their content:
// relative imports keep working, and browsers may keep each file for ever.
type assets struct {
	static, dist fs.FS
	version      func() string
	viewer       func() []string // the viewer's scripts
}

func newAssets() (*assets, error) {
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return nil, fmt.Errorf("find assets: %w", err)
	}
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		return nil, fmt.Errorf("find assets: %w", err)
	}
	// All of them are read for it: later than at the server's start.
	version := sync.OnceValue(func() string { return digest(static, dist) })
	viewer := sync.OnceValue(func() []string { return viewerModules(static, dist) })
	return &assets{static: static, dist: dist, version: version, viewer: viewer}, nil
}

// URL is where a file of the present version is served.
func (a *assets) URL(name string) string { return "/static/" + a.version() + "/" + name }

// Built tells whether the asset build has run; without it pages work, but have no
// icons, no fonts of their own, and no viewer.
func (a *assets) Built() bool {
	_, err := fs.Stat(a.dist, "novnc/core/rfb.js")
	return err == nil
}

// ServeHTTP answers /static/{version}/{file...}. A version that is not the
// present one is a page from before an update: it gets today's file, unkept.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Clean(r.PathValue("file"))
	folder := a.static
	if info, err := fs.Stat(folder, name); err != nil || info.IsDir() {
		folder = a.dist
	}
	if info, err := fs.Stat(folder, name); err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	if r.PathValue("version") == a.version() {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, folder, name)
}

// Private

func digest(folders ...fs.FS) string {
	sum := sha256.New()
	for _, folder := range folders {
		err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(folder, name)
			_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content)
			return err
		})
		if err != nil {
			panic(err) // they are part of the program
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
