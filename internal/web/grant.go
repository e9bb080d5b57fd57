package web

import (
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

// share lets somebody else open a desktop, and leads back to who may.
func (s *Web) share(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	id := r.PathValue("id")
	_, _, err := s.Control.Share(r.Context(), p, id, control.ShareRequest{
		Email: r.PostFormValue("email"), Control: dictumal.Control(r.PostFormValue("control")),
	})
	if err == nil {
		http.Redirect(w, r, "/instances/"+id+"#grants", http.StatusSeeOther)
	}
	return err
}

func (s *Web) unshare(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	id := r.PathValue("id")
	err := s.Control.Unshare(r.Context(), p, id, r.PathValue("grant"))
	if err == nil {
		http.Redirect(w, r, "/instances/"+id+"#grants", http.StatusSeeOther)
	}
	return err
}
