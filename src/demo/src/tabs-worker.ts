import { serveTabs } from 'carillon-client/tabs';

serveTabs();
