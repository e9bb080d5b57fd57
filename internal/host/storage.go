package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/dictumal/dictumal/internal/incus"
)

// pool makes the storage pool. On btrfs a machine is a snapshot of its image
// and there in a moment; a plain folder works on every kernel.
func (s *setup) pool(ctx context.Context) error {
	_, err := s.client.Pool(ctx, Pool)
	if !incus.NotFound(err) {
		return err
	}
	folder := filepath.Dir(s.client.Socket())
	if err := s.setAside(folder); err != nil {
		return err
	}
	size, err := loopSize(folder)
	if err != nil {
		return err
	}
	s.say("Making the storage pool %s on btrfs, up to %d GiB in a file that grows.", Pool, size)
	config := map[string]string{"size": fmt.Sprintf("%dGiB", size)}
	err = s.client.CreatePool(ctx, incus.Pool{Name: Pool, Driver: "btrfs", Config: config})
	if err == nil {
		return nil
	}
	s.say("This host cannot do btrfs (%v): making the pool in a folder, where machines start more slowly.", err)
	return s.client.CreatePool(ctx, incus.Pool{Name: Pool, Driver: "dir", Config: map[string]string{}})
}

// Private

// setAside moves away what is left of a pool that Incus does not know any more,
// since its database was lost: it stands in the new one's place. It is not
// removed, for it may hold somebody's machines.
func (s *setup) setAside(folder string) error {
	for _, path := range []string{filepath.Join(folder, "storage-pools", Pool), filepath.Join(folder, "disks", Pool+".img")} {
		if !exists(path) {
			continue
		}
		_ = syscall.Unmount(path, syscall.MNT_DETACH) // it may still be mounted
		aside := path + time.Now().UTC().Format(".lost-20060102-150405")
		s.say("Moving the unknown storage %s to %s.", path, aside)
		if err := os.Rename(path, aside); err != nil {
			return fmt.Errorf("set aside what is left of a pool: %w", err)
		}
	}
	return nil
}

// loopSize is how large the pool's file may become, in GiB: most of what is
// free, at least 5 and at most 100. The file is sparse.
func loopSize(path string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return 0, fmt.Errorf("look for free space under %s: %w", path, err)
	}
	free := disk.Bavail * uint64(disk.Bsize) >> 30
	return min(max(free*8/10, 5), 100), nil
}
