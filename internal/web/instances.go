package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

func (s *Web) instances(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	query := r.URL.Query()
	ask := listing{Query: query.Get("q"), State: query.Get("state"), After: query.Get("after")}
	stock, err := s.stock(r.Context(), p, ask)
	if err != nil {
		return err
	}
	tails, err := s.Control.LogTails(r.Context(), p)
	if err != nil {
		return err
	}
	look := s.look()
	if look.Typical, err = s.Control.TypicalStart(r.Context(), p); err != nil {
		return err
	}
	page := newInstancesPage(s.frame(r, "instances", "Instances", "instances.js"), stock, ask, look, tails)
	shared, err := s.Control.Shared(r.Context(), p)
	if err != nil {
		return err
	}
	page.Shared = newSharedCards(shared)
	if stock.total == 0 {
		documents, err := s.Control.Constitutions(r.Context(), p)
		if err != nil {
			return err
		}
		page.Have, page.Examples = len(documents) > 0, s.offers()
	}
	s.show(w, r, http.StatusOK, "instances", page)
	return nil
}

// stock reads the part of a list that was asked for. A text is looked for in all: how
// letters compare is not for the database to say.
func (s *Web) stock(ctx context.Context, p dictumal.Principal, ask listing) (stock, error) {
	among := statuses(ask.State)
	if strings.TrimSpace(ask.Query) != "" || ask.State != "" && among == (control.Among{}) {
		all, err := s.everything(ctx, p)
		return pick(all, ask), err
	}
	shelf, err := s.Control.Browse(ctx, p, among, control.Page{Limit: perPage, After: ask.After})
	found := stock{shown: shelf.Deployments, byGroup: map[string]int{}, older: shelf.Older, newer: shelf.Newer}
	for status, n := range shelf.ByStatus {
		found.byGroup[group(status)] += n
		found.total += n
	}
	found.matching = found.total
	if ask.State != "" {
		found.matching = found.byGroup[ask.State]
	}
	return found, err
}

// everything is all deployments of somebody, newest first.
func (s *Web) everything(ctx context.Context, p dictumal.Principal) ([]dictumal.Deployment, error) {
	var all []dictumal.Deployment
	for after := ""; ; {
		some, next, err := s.Control.Deployments(ctx, p, control.Page{Limit: 200, After: after})
		all = append(all, some...)
		if err != nil || next == "" {
			return all, err
		}
		after = next
	}
}

func (s *Web) instance(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	page, err := s.instancePage(r, p)
	if err == nil {
		s.show(w, r, http.StatusOK, "instance", page)
	}
	return err
}

// progress is the part of an instance's page that the deploy dialog shows.
func (s *Web) progress(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	page, err := s.instancePage(r, p)
	if err != nil {
		return err
	}
	part, err := s.pages.RenderPart("watch", page)
	if err == nil {
		send(w, http.StatusOK, part)
	}
	return err
}

func (s *Web) instancePage(r *http.Request, p dictumal.Principal) (InstancePage, error) {
	ctx, id := r.Context(), r.PathValue("id")
	d, err := s.Control.Deployment(ctx, p, id)
	if err != nil {
		return InstancePage{}, err
	}
	story, err := s.Control.Timeline(ctx, p, id)
	if err != nil {
		return InstancePage{}, err
	}
	log, err := s.readLog(ctx, p, id, -1)
	if err != nil {
		return InstancePage{}, err
	}
	look := s.look()
	if look.Typical, err = s.Control.TypicalStart(ctx, p); err != nil {
		return InstancePage{}, err
	}
	if look.Foreign = !p.Owns(d.Owner); look.Foreign {
		look.Extendable = nil
	}
	page := newInstancePage(s.frame(r, "instances", "", "instances.js"), d, story, log, look)
	if page.Receipt, err = s.receipt(r, p, d); err != nil {
		return InstancePage{}, err
	}
	grants, err := s.Control.Grants(ctx, p, id)
	page.Grants = newGrants(d, grants, look)
	return page, err
}

// bootLog is the whole log as text, or what came after a piece for the page's script.
func (s *Web) bootLog(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	after := r.URL.Query().Get("after")
	last, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		last = -1
	}
	log, err := s.readLog(r.Context(), p, r.PathValue("id"), last)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if after != "" {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(log) // a reader who has left is nobody to tell
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="boot-`+r.PathValue("id")+`.log"`)
	_, _ = io.WriteString(w, log.Text())
	return nil
}

func (s *Web) readLog(ctx context.Context, p dictumal.Principal, id string, after int64) (bootLog, error) {
	entries, err := s.Control.Log(ctx, p, id, after+1)
	log := make(bootLog, 0, len(entries))
	for _, entry := range entries {
		log = append(log, logPiece{Offset: entry.LogOffset, Text: entry.Text})
	}
	return log, err
}

func (s *Web) confirmDestroy(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	d, err := s.Control.Destroyable(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "destroy", DestroyPage{Frame: s.frame(r, "instances", "Destroy", ""), Card: newCard(d, s.look())})
	return nil
}

func (s *Web) destroy(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	d, err := s.Control.Destroy(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/instances/"+d.ID, http.StatusSeeOther)
	return nil
}
