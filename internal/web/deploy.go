package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

// confirmDeploy shows the form for what has been chosen so far: scripts ask for it
// whenever another choice changes what fits, and a button does where there are none.
func (s *Web) confirmDeploy(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	return s.offerDeploy(w, r, p, r.URL.Query(), nil)
}

// offerDeploy shows the form, with the reason where it was refused before.
func (s *Web) offerDeploy(w http.ResponseWriter, r *http.Request, p dictumal.Principal, chosen url.Values, refused error) error {
	number, err := strconv.Atoi(cmp.Or(chosen.Get("version"), "0"))
	if err != nil {
		return dictumal.ErrNotFound
	}
	c, err := s.Control.Deployable(r.Context(), p, r.PathValue("id"), number)
	if err != nil {
		return err
	}
	catalog, refusal := s.catalog(r.Context(), p)
	page := DeployPage{Frame: s.frame(r, "constitutions", "Deploy", "deploy.js"), ID: c.ID, Title: c.Title}
	page.Form = newDeployForm(c, s.offer(catalog), newWish(chosen))
	page.Form.Refusal = cmp.Or(refusal, page.Form.Refusal)
	status := http.StatusOK
	if refused != nil {
		page.Notice, status = dictumal.ErrorMessage(refused), newErrorPage(page.Frame, refused).Status
	}
	s.show(w, r, status, "deploy", page)
	return nil
}

func (s *Web) deploy(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	version, err := strconv.Atoi(cmp.Or(r.PostFormValue("version"), "0"))
	if err != nil {
		return dictumal.ErrNotFound
	}
	want := newWish(r.PostForm)
	made, _, err := s.Control.Deploy(r.Context(), p, control.DeployRequest{
		ConstitutionID: r.PathValue("id"), Version: version,
		Region: want.Region, Size: want.Size, Stream: want.Stream, IdempotencyKey: r.PostFormValue("key"),
	})
	switch dictumal.ErrorCode(err) {
	case dictumal.CodeInvalid, dictumal.CodeConflict, dictumal.CodeUnavailable:
		s.errors.Note(r.Context(), err)
		return s.offerDeploy(w, r, p, r.PostForm, err)
	default:
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/instances/"+made.ID, http.StatusSeeOther)
	return nil
}

func newWish(chosen url.Values) wish {
	return wish{
		Region: chosen.Get("region"), Size: chosen.Get("size"),
		Stream: dictumal.Stream(chosen.Get("stream")), AllSizes: chosen.Get("all") != "",
	}
}
