package image

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/dictumal/dictumal"
)

// room is the free disk space that making an image needs.
const room = 4 << 30

// check says in a sentence what is missing before anything is begun.
func (b *builder) check() error {
	if os.Geteuid() != 0 {
		return dictumal.NewError(dictumal.CodeForbidden,
			"Making an image needs root. Run `sudo dictumal image build`.")
	}
	for _, tool := range []string{"mmdebstrap", "mksquashfs", "apt-get"} {
		if _, err := exec.LookPath(tool); err != nil {
			return dictumal.NewError(dictumal.CodeUnavailable, fmt.Sprintf(
				"The program %s is missing on this host. Run `dictumal setup`, which installs it.", tool))
		}
	}
	if keys := b.recipe.release.keys; keys != "" {
		if _, err := os.Stat(keys); err != nil {
			return dictumal.NewError(dictumal.CodeUnavailable, fmt.Sprintf(
				"The keys that sign %s are missing on this host. Run `apt-get install %[1]s-keyring`.", b.recipe.release.os))
		}
	}
	return nil
}

// sweep removes what a run that was killed could not clean up.
func (b *builder) sweep() error {
	stale, err := filepath.Glob(filepath.Join(b.options.CacheDir, "work-*"))
	if err != nil {
		return fmt.Errorf("look for stale folders: %w", err)
	}
	for _, folder := range stale {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("remove a stale folder: %w", err)
		}
	}
	return nil
}

func checkRoom(folder string) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return fmt.Errorf("measure the free space of %s: %w", folder, err)
	}
	free := disk.Bavail * uint64(disk.Bsize)
	if free >= room {
		return nil
	}
	return dictumal.NewError(dictumal.CodeUnavailable, fmt.Sprintf(
		"Making an image needs 4 GiB of free disk space in %s, and %.1f GiB are free. Make room and try again.",
		folder, float64(free)/(1<<30)))
}
