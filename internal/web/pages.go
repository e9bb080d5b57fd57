package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

//go:embed templates
var templateFiles embed.FS

// pages holds one parsed template per page. A page is a file in templates/;
// layout.html frames it and the files in templates/parts/ are shared by all.
type pages struct {
	byName map[string]*template.Template
}

func newPages(a *assets) (*pages, error) {
	shared, err := template.New("").Funcs(functions(a)).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse shared templates: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, file := range files {
		page, err := template.Must(shared.Clone()).ParseFS(templateFiles, file)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
		p.byName[strings.TrimSuffix(path.Base(file), ".html")] = page
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
	page, ok := p.byName[name]
	if !ok {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, part, view); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return out.Bytes(), nil
}

func functions(a *assets) template.FuncMap {
	return template.FuncMap{
		"asset": a.URL,
		"icon":  func(name string) template.HTML { return icon(a, name) },
	}
}

// icon draws one symbol of the sprite. The name comes from a template, never from a person.
func icon(a *assets, name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + a.URL("icons.svg") + "#" + name + `"/></svg>`)
}
