package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// CatalogOutput answers with the catalog.
type CatalogOutput struct{ Body Catalog }

// Private

func (a *API) catalog(described huma.API) {
	huma.Register(described, operation(http.MethodGet, "/api/catalog", "catalog",
		"List regions and sizes with their prices", http.StatusOK, 503), a.getCatalog)
}

func (a *API) getCatalog(ctx context.Context, _ *struct{}) (*CatalogOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	offered, err := a.Control.Catalog(ctx, p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &CatalogOutput{Body: shapeCatalog(a.Control.Traits().Name, offered)}, nil
}
