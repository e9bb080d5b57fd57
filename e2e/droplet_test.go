//go:build !verify

package e2e

import "github.com/dictumal/dictumal/internal/image"

// dropletImage is what droplets boot from; the long suites take Ubuntu.
const dropletImage = image.PlainAlias
