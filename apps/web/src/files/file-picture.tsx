import type { FilePart } from '@parley/contract/message';
import { kindOf } from '@parley/contract/file-type';
import { useEffect, useState, type ReactNode } from 'react';
import { useServices } from '../site/services.ts';
import { Icon } from '../ui/icon.tsx';

interface FilePictureProps {
  name: string;
  /** An address on this page, or the part of a message; undefined while there is neither. */
  source: string | FilePart | undefined;
}

/** An image as a thumbnail, anything else as a sign. */
export function FilePicture({ name, source }: FilePictureProps): ReactNode {
  const stored = typeof source === 'object' && kindOf(source.mediaType) === 'image' ? source.url : undefined;
  const fetched = useImage(stored);
  const address = typeof source === 'string' ? source : fetched;
  return address === undefined ? (
    <span className="file-sign">
      <Icon name="file" />
    </span>
  ) : (
    <img className="file-image" src={address} alt={name} />
  );
}

/** An image of ours, fetched with the user's token, which an `img` cannot send. */
function useImage(url: string | undefined): string | undefined {
  const { api } = useServices();
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (url === undefined) return;
    let made: string | undefined;
    let isGone = false;
    // Without the picture there is still its name.
    api.file(url).then(
      (blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [api, url]);
  return address;
}
