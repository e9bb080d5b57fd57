package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// ExtendBody asks for a later end, in one of two ways.
type ExtendBody struct {
	By    string     `json:"by,omitempty" doc:"A length of time like 30m or 1h, from the present end on"`
	Until *time.Time `json:"until,omitempty" doc:"The end itself; a request of this form can be repeated"`
}

// ExtendInput is the request to extend a deployment.
type ExtendInput struct {
	ID   string `path:"id"`
	Body ExtendBody
}

// DestroyAllInput names the deployments that are to be destroyed.
type DestroyAllInput struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"200"`
	}
}

// DestroyAllOutput tells of each what became of it, in the order of the request.
type DestroyAllOutput struct {
	Body []Destruction
}

// Destruction is what became of one deployment: either field is null.
type Destruction struct {
	ID     string           `json:"id"`
	Status *dictumal.Status `json:"status" enum:"DESTROYING,DESTROYED"`
	Error  *Refusal         `json:"error"`
}

// Refusal is why one of several could not be done.
type Refusal struct {
	Code   dictumal.Code `json:"code"`
	Detail string        `json:"detail"`
}

// Private

func (a *API) lifetimes(described huma.API) {
	huma.Register(described, operation(http.MethodPost, "/api/deployments/{id}/extend", "extend",
		"Give a deployment a later end", http.StatusOK, 400, 404, 409, 422), a.extend)
	huma.Register(described, operation(http.MethodPost, "/api/deployments/{id}/retry", "retry",
		"Deploy anew what has failed, and destroy what failed", http.StatusCreated, 404, 409, 422, 503), a.retry)
	huma.Register(described, operation(http.MethodPost, "/api/deployments/destroy", "destroy-all",
		"Destroy several deployments", http.StatusOK, 400, 422), a.destroyAll)
}

func (a *API) extend(ctx context.Context, in *ExtendInput) (*DeploymentOutput, error) {
	return a.one(ctx, in.ID, http.StatusOK, func(ctx context.Context, p dictumal.Principal, id string) (dictumal.Deployment, error) {
		ask, err := in.Body.read()
		if err != nil {
			return dictumal.Deployment{}, err
		}
		return a.Control.Extend(ctx, p, id, ask)
	})
}

func (a *API) retry(ctx context.Context, in *DeploymentInput) (*DeploymentOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	made, created, err := a.Control.Retry(ctx, p, in.ID)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return ordered(made, created), nil
}

func (a *API) destroyAll(ctx context.Context, in *DestroyAllInput) (*DestroyAllOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	results, err := a.Control.DestroyAll(ctx, p, in.Body.IDs)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &DestroyAllOutput{Body: make([]Destruction, 0, len(results))}
	for _, result := range results {
		out.Body = append(out.Body, a.shapeDestruction(ctx, result))
	}
	return out, nil
}

func (a *API) shapeDestruction(ctx context.Context, result control.Destruction) Destruction {
	if result.Err != nil {
		a.Errors.Note(ctx, result.Err)
		return Destruction{ID: result.ID, Error: &Refusal{dictumal.ErrorCode(result.Err), dictumal.ErrorMessage(result.Err)}}
	}
	return Destruction{ID: result.ID, Status: &result.Deployment.Status}
}

// read understands a length of time as the clause on it is written.
func (b ExtendBody) read() (control.Extension, error) {
	var ask control.Extension
	if b.Until != nil {
		ask.Until = *b.Until
	}
	if b.By == "" {
		return ask, nil
	}
	by, err := time.ParseDuration(b.By)
	if err != nil || by == 0 {
		return ask, dictumal.Invalid(dictumal.Fault{Location: "by", Message: "That is not a length of time to extend by; write one like 30m, 1h or 1h30m."})
	}
	ask.By = by
	return ask, nil
}
