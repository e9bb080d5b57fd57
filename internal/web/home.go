package web

import (
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

func (s *Web) home(w http.ResponseWriter, r *http.Request) {
	if s.misdirected(r) {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther) // which says so
		return
	}
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
	look, shared := s.look(), false
	if p, ok := auth.FromRequest(r); ok {
		d, ended, err := s.Control.Desktop(r.Context(), p, id)
		if shared = err == nil && !p.Owns(d.Owner); shared || p.OnlyDesktop != "" {
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
			status, visible, why = http.StatusOK, &d, ended
		}
	}
	frame := s.frame(r, "", "", "viewer.js")
	frame.Wide = true
	page := newDesktopPage(frame, id, visible, look, why)
	if shared {
		page.Shared, page.Leave = true, "/instances" // its own page is its owner's
	}
	s.show(w, r, status, "desktop", page)
}
