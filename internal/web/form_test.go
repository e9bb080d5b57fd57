package web_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

var (
	inputs   = regexp.MustCompile(`<input [^>]*>`)
	selected = regexp.MustCompile(`<select name="(\w+)">.*?<option value="([^"]*)" selected`)
)

// form is what a browser would send for the form of a page that goes back to the
// page's own address.
func (p *person) form(path string) url.Values {
	p.Helper()
	body := p.get(path).body
	_, form, found := strings.Cut(body, `method="post" action="`+path+`"`)
	if !found {
		p.Fatalf("%s has no form that posts to itself:\n%s", path, body)
	}
	form, _, _ = strings.Cut(form, "</form>")
	values := url.Values{}
	for _, input := range inputs.FindAllString(form, -1) {
		if name := attribute(input, "name"); name != "" && (attribute(input, "type") != "radio" || strings.Contains(input, " checked")) {
			values.Set(name, attribute(input, "value"))
		}
	}
	for _, choice := range selected.FindAllStringSubmatch(form, -1) {
		values.Set(choice[1], choice[2])
	}
	return values
}

func attribute(tag, name string) string {
	_, rest, _ := strings.Cut(tag, " "+name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(value)
}
