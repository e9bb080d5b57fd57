package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
)

// DocumentBody carries a document.
type DocumentBody struct {
	Document string `json:"document" doc:"Markdown with YAML front matter, at most 20 KiB"`
}

// CreateInput is a new document.
type CreateInput struct{ Body DocumentBody }

// UpdateInput is the next version of a document.
type UpdateInput struct {
	ID      string `path:"id"`
	IfMatch string `header:"If-Match" doc:"The hash of the version that was read, in quotes"`
	Body    DocumentBody
}

// ConstitutionInput names a constitution.
type ConstitutionInput struct {
	ID string `path:"id"`
}

// VersionInput names a version of a constitution.
type VersionInput struct {
	ID      string `path:"id"`
	Version int    `path:"version" minimum:"1"`
}

// ConstitutionOutput answers with one version.
type ConstitutionOutput struct {
	ETag string `header:"ETag"`
	Body Constitution
}

// ConstitutionsOutput answers with several versions.
type ConstitutionsOutput struct{ Body []Constitution }

// Private

func (a *API) constitutions(described huma.API) {
	const base, one = "/api/constitutions", "/api/constitutions/{id}"
	huma.Register(described, operation(http.MethodGet, base, "list-constitutions",
		"List your constitutions, the last changed first", http.StatusOK), a.listConstitutions)
	huma.Register(described, operation(http.MethodPost, base, "create-constitution",
		"Keep a document as a new constitution", http.StatusCreated, 400, 422), a.createConstitution)
	huma.Register(described, operation(http.MethodGet, one, "get-constitution",
		"Show the newest version", http.StatusOK, 404), a.getConstitution)
	huma.Register(described, operation(http.MethodPut, one, "update-constitution",
		"Keep a document as the next version", http.StatusOK, 400, 404, 412, 422), a.updateConstitution)
	huma.Register(described, operation(http.MethodDelete, one, "delete-constitution",
		"Take a constitution out of the list; its deployments keep their version", http.StatusNoContent, 404), a.deleteConstitution)
	huma.Register(described, operation(http.MethodGet, one+"/versions", "list-versions",
		"List all versions, newest first", http.StatusOK, 404), a.listVersions)
	huma.Register(described, operation(http.MethodGet, one+"/versions/{version}", "get-version",
		"Show one version", http.StatusOK, 404), a.getVersion)
}

func (a *API) listConstitutions(ctx context.Context, _ *struct{}) (*ConstitutionsOutput, error) {
	return a.several(ctx, a.Control.Constitutions)
}

func (a *API) listVersions(ctx context.Context, in *ConstitutionInput) (*ConstitutionsOutput, error) {
	return a.several(ctx, func(ctx context.Context, p dictumal.Principal) ([]dictumal.Constitution, error) {
		return a.Control.Versions(ctx, p, in.ID)
	})
}

func (a *API) createConstitution(ctx context.Context, in *CreateInput) (*ConstitutionOutput, error) {
	return a.version(ctx, func(p dictumal.Principal) (dictumal.Constitution, error) {
		return a.Control.CreateConstitution(ctx, p, in.Body.Document)
	})
}

func (a *API) updateConstitution(ctx context.Context, in *UpdateInput) (*ConstitutionOutput, error) {
	return a.version(ctx, func(p dictumal.Principal) (dictumal.Constitution, error) {
		return a.Control.UpdateConstitution(ctx, p, in.ID, in.Body.Document, strings.Trim(in.IfMatch, `"`))
	})
}

func (a *API) getConstitution(ctx context.Context, in *ConstitutionInput) (*ConstitutionOutput, error) {
	return a.getVersion(ctx, &VersionInput{ID: in.ID})
}

func (a *API) getVersion(ctx context.Context, in *VersionInput) (*ConstitutionOutput, error) {
	return a.version(ctx, func(p dictumal.Principal) (dictumal.Constitution, error) {
		return a.Control.Constitution(ctx, p, in.ID, in.Version)
	})
}

func (a *API) deleteConstitution(ctx context.Context, in *ConstitutionInput) (*struct{}, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if err := a.Control.DeleteConstitution(ctx, p, in.ID); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}

func (a *API) version(ctx context.Context, do func(dictumal.Principal) (dictumal.Constitution, error)) (*ConstitutionOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	c, err := do(p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &ConstitutionOutput{ETag: `"` + c.Hash + `"`, Body: shapeConstitution(c)}, nil
}

func (a *API) several(ctx context.Context,
	do func(context.Context, dictumal.Principal) ([]dictumal.Constitution, error),
) (*ConstitutionsOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	found, err := do(ctx, p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &ConstitutionsOutput{Body: make([]Constitution, 0, len(found))}
	for _, c := range found {
		out.Body = append(out.Body, shapeConstitution(c))
	}
	return out, nil
}
