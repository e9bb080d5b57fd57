//go:build verify

package e2e

import "github.com/dictumal/dictumal/internal/image"

const dropletImage = image.PlainUbuntuAlias
