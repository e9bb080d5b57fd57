package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

// Private

func (s *Web) constitutions(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	documents, err := s.Control.Constitutions(r.Context(), p)
	if err != nil {
		return err
	}
	all, err := s.everything(r.Context(), p)
	if err != nil {
		return err
	}
	running := map[string]int{}
	for _, d := range all {
		running[d.Constitution.ID]++
	}
	page := newConstitutionsPage(s.frame(r, "constitutions", "Constitutions", ""), documents, running, s.look().Now)
	if len(documents) == 0 {
		page.Examples = s.offers()
	}
	s.show(w, r, http.StatusOK, "constitutions", page)
	return nil
}

func (s *Web) constitution(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	query := r.URL.Query()
	version, err := strconv.Atoi(cmp.Or(query.Get("version"), "0"))
	if err != nil || version < 0 {
		return dictumal.ErrNotFound
	}
	page, shown, err := s.constitutionPage(r, p, cmp.Or(query.Get("tab"), "read"), version)
	if err != nil {
		return err
	}
	switch page.Tab {
	case "read":
		page.Body, err = constitution.RenderHTML(shown.Document)
	case "edit":
		page.Script = "editor.js"
		page.Editor = Editor{Action: "/constitutions/" + page.ID, Cancel: "/constitutions/" + page.ID, Document: shown.Document, IfMatch: shown.Hash}
	case "versions":
		err = s.compare(r.Context(), p, &page, shown)
	case "instances":
	default:
		return dictumal.ErrNotFound
	}
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "constitution", page)
	return nil
}

// constitutionPage is what all tabs of a constitution share.
func (s *Web) constitutionPage(r *http.Request, p dictumal.Principal, tab string, version int) (ConstitutionPage, dictumal.Constitution, error) {
	ctx, id := r.Context(), r.PathValue("id")
	newest, err := s.Control.Constitution(ctx, p, id, 0)
	if dictumal.ErrorCode(err) == dictumal.CodeNotFound && version != 0 {
		newest, err = s.Control.Constitution(ctx, p, id, version) // an admin, who reads what governs and no more
	}
	if err != nil {
		return ConstitutionPage{}, newest, err
	}
	shown := newest
	if version != 0 && version != newest.Version {
		if shown, err = s.Control.Constitution(ctx, p, id, version); err != nil {
			return ConstitutionPage{}, shown, err
		}
	}
	live, err := s.Control.DeploymentsOf(ctx, p, id)
	if err != nil {
		return ConstitutionPage{}, shown, err
	}
	look := s.look()
	page := newConstitutionPage(s.frame(r, "constitutions", "", "instances.js"), tab, shown, newest.Version, look.Now)
	page.LiveCount = len(live)
	if tab == "instances" {
		look.Typical = typical(live)
		for _, d := range live {
			page.Cards = append(page.Cards, newCard(d, look))
		}
	}
	catalog, refusal := s.catalog(ctx, p)
	page.Meaning = newMeaning(shown.Policy, catalog)
	page.Deploy = newDeployForm(shown, s.offer(catalog), wish{})
	page.Deploy.Refusal = cmp.Or(refusal, page.Deploy.Refusal)
	return page, shown, nil
}

// catalog is what can be ordered. A provider that does not answer takes away
// deploying and nothing else, so its sentence is part of the page.
func (s *Web) catalog(ctx context.Context, p dictumal.Principal) (dictumal.Catalog, string) {
	catalog, err := s.Control.Catalog(ctx, p)
	if err != nil {
		s.errors.Note(ctx, err)
		return dictumal.Catalog{}, dictumal.ErrorMessage(err)
	}
	return catalog, ""
}

func (s *Web) offer(catalog dictumal.Catalog) offer {
	return offer{Catalog: catalog, Traits: s.Control.Traits(), Stream: s.Control.Stream}
}

func (s *Web) compare(ctx context.Context, p dictumal.Principal, page *ConstitutionPage, shown dictumal.Constitution) error {
	versions, err := s.Control.Versions(ctx, p, shown.ID)
	if err != nil {
		return err
	}
	page.Versions = newVersionRows(versions, shown.Version, s.look().Now)
	before := ""
	for _, v := range versions {
		if v.Version == shown.Version-1 {
			before, page.Against = v.Document, v.Version
		}
	}
	page.Redline = newRedline(constitution.Diff(before, shown.Document))
	return nil
}

func (s *Web) deleteConstitution(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if err := s.Control.DeleteConstitution(r.Context(), p, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/constitutions", http.StatusSeeOther)
	return nil
}
