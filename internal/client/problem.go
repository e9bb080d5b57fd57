package client

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/dictumal/dictumal"
)

// AnswerError is a server's no.
type AnswerError struct {
	Status int              `json:"status"`
	Code   dictumal.Code    `json:"code"`
	Detail string           `json:"detail"`
	Errors []dictumal.Fault `json:"errors,omitempty"`
}

// Error is the sentence for people.
func (p *AnswerError) Error() string { return p.Detail }

// Private

func readProblem(response *http.Response) error {
	problem := &AnswerError{}
	err := json.NewDecoder(response.Body).Decode(problem)
	problem.Status = response.StatusCode
	switch {
	case response.StatusCode == http.StatusUnauthorized:
		problem.Detail = "The server does not know this token; make one on the server with: dictumal token create"
	case err != nil || problem.Detail == "":
		problem.Detail = fmt.Sprintf("The server answered %s; its log has the details.", response.Status)
	}
	return problem
}
