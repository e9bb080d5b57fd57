package rekey

import (
	"slices"

	"github.com/dictumal/dictumal/internal/secret"
)

// Secrets reads the secrets of an installation, the newest first, and makes none: a
// secret that the operator keeps, or the one in the file; and those that may have
// been in use before.
func Secrets(file string, present, given []byte) (all [][]byte, err error) {
	former := [][]byte{given}
	if present == nil {
		if present, err = secret.Load(file); err != nil {
			return nil, err
		}
		kept, err := secret.LoadFormer(file)
		if err != nil {
			return nil, err
		}
		former = append(former, kept)
	}
	former = slices.DeleteFunc(former, func(s []byte) bool { return s == nil })
	return append([][]byte{present}, former...), nil
}
