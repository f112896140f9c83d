/** Numbers and times as status lines show them. */
import { formatDuration } from '../base/duration.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** What Date can show. */
const DATE_MAX_MS = 8.64e15;

/** '1,234,567'; parts of a unit are left out. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Three digits and a power of 1000: '0', '9.5', '12.3 k', '1.23 M'. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95) return perSecond.toFixed(1);
  if (perSecond < 999.5) return perSecond.toFixed(0);
  if (perSecond < 999_500) return `${threeDigits(perSecond / 1e3)} k`;
  if (perSecond < 999_500_000) return `${threeDigits(perSecond / 1e6)} M`;
  return `${threeDigits(perSecond / 1e9)} G`;
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** '43 %' of a share from 0 to 1. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** '2001-01-03 12:00:00' in UTC, with ms where there are any; '-' before the first watermark, 'end' after the last. */
export function formatWatermark(watermarkMs: number): string {
  if (watermarkMs === Number.NEGATIVE_INFINITY) return '-';
  if (watermarkMs === Number.POSITIVE_INFINITY) return 'end';
  if (Math.abs(watermarkMs) > DATE_MAX_MS) return String(watermarkMs);
  return new Date(watermarkMs).toISOString().replace('T', ' ').replace('Z', '').replace('.000', '');
}

/** By how much event time is behind; '' where that has no meaning. A watermark ahead of the clock lags by '0 ms'. */
export function formatLag(watermarkMs: number, nowMs: number): string {
  if (!Number.isFinite(watermarkMs)) return '';
  const lagMs = Math.max(0, nowMs - watermarkMs);
  if (lagMs < 2 * DAY_MS) return formatDuration(lagMs);
  return lagMs < 2 * YEAR_MS ? `${Math.floor(lagMs / DAY_MS)} d` : `${(lagMs / YEAR_MS).toFixed(1)} y`;
}

/** '14:03:07' in local time, for lines about now. */
export function formatTimeOfDay(atMs: number): string {
  const date = new Date(atMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
