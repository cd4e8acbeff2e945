/** A range that ends after the profile in which it began: for profile.test.ts. */
import { binding } from '../../../ts/native/binding';
import * as torch from '../../../ts/tensor';

const profile = binding.startProfile(false);
binding.enterRange('longer than the profile');
for (let i = 0; i < 100; i++) torch.ones([1]).add(1);
binding.stopProfile(profile);
binding.leaveRange();
console.log('ended');
