package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Grant is somebody else's right to open a desktop.
type Grant struct {
	ID        string           `json:"id"`
	Email     string           `json:"email"`
	Control   dictumal.Control `json:"control" enum:"full,view-only"`
	CreatedAt time.Time        `json:"createdAt"`
}

// GrantBody asks that somebody else may open a desktop.
type GrantBody struct {
	Email   string           `json:"email" doc:"Whoever signs in with it may open the desktop"`
	Control dictumal.Control `json:"control,omitempty" doc:"full or view-only; absent: as the constitution has it"`
}

// ShareInput is the request to share a desktop.
type ShareInput struct {
	ID   string `path:"id"`
	Body GrantBody
}

// GrantInput names one grant of a deployment.
type GrantInput struct {
	ID    string `path:"id"`
	Grant string `path:"grant"`
}

// GrantOutput answers with one grant.
type GrantOutput struct {
	Status int
	Body   Grant
}

// GrantsOutput answers with all grants of a deployment.
type GrantsOutput struct{ Body []Grant }

// Private

func (a *API) grants(described huma.API) {
	const all = "/api/deployments/{id}/grants"
	huma.Register(described, operation(http.MethodGet, all, "list-grants",
		"List who else may open a desktop", http.StatusOK, 403, 404), a.listGrants)
	huma.Register(described, operation(http.MethodPost, all, "share",
		"Let somebody else open a desktop; asked again, with other rights", http.StatusCreated, 403, 404, 409, 422), a.share)
	huma.Register(described, operation(http.MethodDelete, all+"/{grant}", "unshare",
		"Take a grant back, and end what is open by it", http.StatusNoContent, 403, 404), a.unshare)
	huma.Register(described, operation(http.MethodGet, "/api/shared", "list-shared",
		"List the desktops of others that you may open, newest first", http.StatusOK), a.shared)
}

func (a *API) listGrants(ctx context.Context, in *DeploymentInput) (*GrantsOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	found, err := a.Control.Grants(ctx, p, in.ID)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &GrantsOutput{Body: make([]Grant, 0, len(found))}
	for _, g := range found {
		out.Body = append(out.Body, shapeGrant(g))
	}
	return out, nil
}

func (a *API) share(ctx context.Context, in *ShareInput) (*GrantOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	g, made, err := a.Control.Share(ctx, p, in.ID, control.ShareRequest{Email: in.Body.Email, Control: in.Body.Control})
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	status := http.StatusCreated
	if !made {
		status = http.StatusOK
	}
	return &GrantOutput{Status: status, Body: shapeGrant(g)}, nil
}

func (a *API) unshare(ctx context.Context, in *GrantInput) (*struct{}, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if err := a.Control.Unshare(ctx, p, in.ID, in.Grant); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}

func (a *API) shared(ctx context.Context, _ *struct{}) (*DeploymentsOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	found, err := a.Control.Shared(ctx, p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &DeploymentsOutput{Body: make([]Deployment, 0, len(found))}
	for _, d := range found {
		out.Body = append(out.Body, shapeDeployment(d))
	}
	return out, nil
}

func shapeGrant(g dictumal.Grant) Grant { return Grant{g.ID, g.Email, g.Control, g.CreatedAt} }
