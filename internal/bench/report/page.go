package main

import (
	_ "embed"
	"fmt"
	"io"
	"text/template"
)

// page is what docs/performance.md is made of.
type page struct {
	Host    host
	Rows    []row
	Remarks map[string][]string
}

//go:embed performance.md.tmpl
var text string

func write(to io.Writer, p page) error {
	form, err := template.New("performance.md").Parse(text)
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	if err := form.Execute(to, p); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
