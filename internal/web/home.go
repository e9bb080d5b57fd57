package web

import (
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

func (s *Web) home(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/instances", http.StatusSeeOther)
}

func (s *Web) missing(w http.ResponseWriter, r *http.Request) {
	s.errors.Answer(w, r, dictumal.ErrNotFound)
}

// desktop shows the viewer. Somebody without the right gets the same page without
// anything in it: the right may come with a code in the address's fragment, which
// only the page's script can see.
func (s *Web) desktop(w http.ResponseWriter, r *http.Request) {
	id, status := r.PathValue("id"), http.StatusUnauthorized
	var visible *dictumal.Deployment
	var why string
	look := s.look()
	if p, ok := auth.FromRequest(r); ok {
		d, err := s.Control.Deployment(r.Context(), p, id)
		if err == nil {
			why, err = s.Control.WhyEnded(r.Context(), p, id)
		}
		if p.OnlyDesktop != "" {
			look.Extendable = nil
		}
		switch dictumal.ErrorCode(err) {
		case dictumal.CodeNotFound:
			status = http.StatusNotFound
		default:
			if err != nil {
				s.errors.Answer(w, r, err)
				return
			}
			status, visible = http.StatusOK, &d
		}
	}
	frame := s.frame(r, "", "", "viewer.js")
	frame.Wide = true
	s.show(w, r, status, "desktop", newDesktopPage(frame, id, visible, look, why))
}
