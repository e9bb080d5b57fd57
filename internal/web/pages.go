package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed templates
var templateFiles embed.FS

// pages holds one template per page. A page is a file in templates/; layout.html
// frames it and the files in templates/parts/ are shared by all. Each is parsed
// when it is first asked for, which would else be half of the server's start.
type pages struct {
	byName map[string]func() (*template.Template, error)
}

func newPages(a *assets) (*pages, error) {
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	shared := sync.OnceValues(func() (*template.Template, error) {
		return template.New("").Funcs(functions(a)).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
	})
	p := &pages{byName: map[string]func() (*template.Template, error){}}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		p.byName[name] = sync.OnceValues(func() (*template.Template, error) { return parse(shared, file) })
	}
	return p, nil
}

// Render fills a page with its view. It renders whole before anything is sent,
// so that a fault in a template is an error page and not half a page.
func (p *pages) Render(name string, view any) ([]byte, error) {
	return p.render(name, "layout", view)
}

// RenderPart fills one shared part, for a script that asks for it alone.
func (p *pages) RenderPart(part string, view any) ([]byte, error) {
	return p.render("layout", part, view)
}

// Private

func (p *pages) render(name, part string, view any) ([]byte, error) {
	get, ok := p.byName[name]
	if !ok {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	page, err := get()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, part, view); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return out.Bytes(), nil
}

func parse(shared func() (*template.Template, error), file string) (*template.Template, error) {
	common, err := shared()
	if err != nil {
		return nil, fmt.Errorf("parse shared templates: %w", err)
	}
	page, err := common.Clone()
	if err == nil {
		page, err = page.ParseFS(templateFiles, file)
	}
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", file, err)
	}
	return page, nil
}

func functions(a *assets) template.FuncMap {
	return template.FuncMap{
		"asset":   a.URL,
		"modules": a.viewer,
		"icon":    func(name string) template.HTML { return icon(a, name) },
	}
}

// icon draws one symbol of the sprite. The name comes from a template, never from a person.
func icon(a *assets, name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + a.URL("icons.svg") + "#" + name + `"/></svg>`)
}
