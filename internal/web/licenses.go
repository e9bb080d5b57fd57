package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/dictumal/dictumal"
)

// work is something that the binary holds, with its licence.
type work struct {
	Name, Text string
}

// readLicenses takes the text of all licences apart. A work begins with its name
// between two rules.
func readLicenses(text string) []work {
	rule := strings.Repeat("=", 78) + "\n"
	parts := strings.Split(text, rule)
	var works []work
	for i := 1; i+1 < len(parts); i += 2 {
		works = append(works, work{Name: strings.TrimSpace(parts[i]), Text: strings.TrimSpace(parts[i+1]) + "\n"})
	}
	return works
}

// Private

func (s *Web) licenses(w http.ResponseWriter, r *http.Request) {
	page := LicensesPage{Frame: s.frame(r, "", "Licences", "")}
	for i, work := range s.works() {
		page.Works = append(page.Works, Link{Words: work.Name, URL: "/licenses/" + strconv.Itoa(i+1)})
	}
	s.show(w, r, http.StatusOK, "licenses", page)
}

func (s *Web) license(w http.ResponseWriter, r *http.Request) {
	works := s.works()
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 1 || number > len(works) {
		s.errors.Answer(w, r, dictumal.ErrNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, works[number-1].Text) // a reader who has left is nobody to tell
}
