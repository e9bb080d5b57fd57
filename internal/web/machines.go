package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

func (s *Web) machines(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	fleet, err := s.Control.Machines(r.Context(), p)
	if err != nil {
		return err
	}
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil {
		after = 0
	}
	s.show(w, r, http.StatusOK, "machines", newMachinesPage(s.frame(r, "machines", "Machines", "instances.js"), fleet, after, time.Now()))
	return nil
}

// receipt is nil while there is none.
func (s *Web) receipt(r *http.Request, p dictumal.Principal, d dictumal.Deployment) (*Receipt, error) {
	if !control.HasReceipt(d) {
		return nil, nil //nolint:nilnil // the page shows none
	}
	receipt, err := s.Control.Receipt(r.Context(), p, d.ID)
	if err != nil {
		return nil, err
	}
	return newReceipt(receipt, time.Now()), nil
}

// provider is how the provider is doing, for the script that keeps it fresh.
func (s *Web) provider(w http.ResponseWriter, _ *http.Request, p dictumal.Principal) error {
	present, err := s.Control.Health(p)
	if err != nil {
		return err
	}
	health := newHealth(present, time.Now())
	if health == nil {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	part, err := s.pages.RenderPart("health", health)
	if err == nil {
		send(w, http.StatusOK, part)
	}
	return err
}

// watched tells whether a part of the pages depends on how the provider is doing.
func watched(section string) bool { return section == "instances" || section == "machines" }
