package web

import (
	"net/http"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

// extend moves the end of a deployment, and leads back to where that was asked for.
func (s *Web) extend(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	until, err := time.Parse(time.RFC3339Nano, r.PostFormValue("until"))
	if err != nil {
		return dictumal.NewError(dictumal.CodeMalformed, "The form does not say until when; go back, load the page again and try once more.").Wrap(err)
	}
	d, err := s.Control.Extend(r.Context(), p, r.PathValue("id"), control.Extension{Until: until})
	if err != nil {
		return err
	}
	back := "/instances/" + d.ID
	if r.PostFormValue("back") == "list" {
		back = "/instances#card-" + d.ID
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// retry deploys anew what has failed, and shows that.
func (s *Web) retry(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	made, _, err := s.Control.Retry(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/instances/"+made.ID, http.StatusSeeOther)
	return nil
}

// confirmDestroyAll asks before several machines are destroyed. Those that cannot be
// are left out: someone else's, and what is gone meanwhile.
func (s *Web) confirmDestroyAll(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	page := DestroyAllPage{Frame: s.frame(r, "instances", "Destroy", "")}
	found, err := s.Control.AllDestroyable(r.Context(), p, r.URL.Query()["id"])
	if err != nil {
		return err
	}
	for _, d := range found {
		if card := newCard(d, s.look()); card.CanDestroy {
			page.Cards = append(page.Cards, card)
			page.total += d.Cost(time.Now())
		}
	}
	page.Cost = costSoFar(page.total)
	s.show(w, r, http.StatusOK, "destroy-all", page)
	return nil
}

func (s *Web) destroyAll(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if err := r.ParseForm(); err != nil {
		return dictumal.NewError(dictumal.CodeMalformed, "The form is not readable; go back and try once more.").Wrap(err)
	}
	results, err := s.Control.DestroyAll(r.Context(), p, r.PostForm["id"])
	if err != nil {
		return err
	}
	for _, result := range results {
		if result.Err != nil {
			return result.Err // the page that it leads back to shows what became of the others
		}
	}
	http.Redirect(w, r, "/instances", http.StatusSeeOther)
	return nil
}

// costSoFar is what several machines have cost; empty where nothing is charged.
func costSoFar(usd float64) string {
	if usd <= 0 {
		return ""
	}
	return spent(usd)
}
