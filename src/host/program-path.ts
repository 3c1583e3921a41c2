/** PATH with the folders of administration programs, which an ordinary user's may lack. */
export const pathWithSbin = (): string => `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;
